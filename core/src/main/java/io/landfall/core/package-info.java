/** The terms of the design as types, and the ports that the outside implements. */
package io.landfall.core;
