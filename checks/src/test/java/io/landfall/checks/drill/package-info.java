/** Leak drills: the real Internet, replayed at Landfall's sessions. */
@org.jspecify.annotations.NullMarked
package io.landfall.checks.drill;
