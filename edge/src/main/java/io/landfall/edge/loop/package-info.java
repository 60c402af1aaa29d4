/**
 * What every connection shares with the others of its event loop: time, memory, and how it writes.
 */
package io.landfall.edge.loop;
