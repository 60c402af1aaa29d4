/**
 * The access log: lines that event loops make and one thread writes, so that no request waits for a
 * disk.
 */
@NullMarked
package io.landfall.edge.access;

import org.jspecify.annotations.NullMarked;
