/** Buffers that are dropped and not released fail the build. */
@org.jspecify.annotations.NullMarked
package io.landfall.checks.leaks;
