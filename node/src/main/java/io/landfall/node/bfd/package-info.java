/** Drives BFD with real UDP and a real clock: between nodes, and towards upstream routers. */
package io.landfall.node.bfd;
