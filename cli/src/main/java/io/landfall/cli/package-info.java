/**
 * The landfall command: what a person types. Reading and steering a node goes over its Unix socket
 * and loads little, so that a command is answered at once.
 */
package io.landfall.cli;
