/** Landfall's reading and writing of BGP beside that of other implementations. */
@org.jspecify.annotations.NullMarked
package io.landfall.checks.differential;
