/** Whole nodes on a small Internet with real routers: what the two planes do to each other. */
@org.jspecify.annotations.NullMarked
package io.landfall.checks.internet;
