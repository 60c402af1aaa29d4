/** Hostile peers, clients and thieves, all at once, against real nodes with little memory. */
@org.jspecify.annotations.NullMarked
package io.landfall.checks.soak;
