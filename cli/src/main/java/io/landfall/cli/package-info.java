/** The landfall command: what a person types. */
package io.landfall.cli;
