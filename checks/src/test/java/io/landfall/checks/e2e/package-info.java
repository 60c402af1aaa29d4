/** Whole nodes as processes of their own, from the outside. */
@org.jspecify.annotations.NullMarked
package io.landfall.checks.e2e;
