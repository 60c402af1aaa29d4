/**
 * What {@code ./verify} makes of a run: leaked buffers fail it, tests that failed once are named.
 */
@org.jspecify.annotations.NullMarked
package io.landfall.checks.leaks;
