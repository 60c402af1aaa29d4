/** Fuzz targets for what rooms read through their public doors, and the replay of their corpora. */
@org.jspecify.annotations.NullMarked
package io.landfall.checks.fuzz;
