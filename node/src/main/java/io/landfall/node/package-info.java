/** The daemon: one control thread, real clocks, sockets and disks, and the wiring of all rooms. */
package io.landfall.node;
