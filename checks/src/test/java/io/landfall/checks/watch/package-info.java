/** Labs: what tshark and bgpdump make of what a node tells those who watch it. */
@org.jspecify.annotations.NullMarked
package io.landfall.checks.watch;
