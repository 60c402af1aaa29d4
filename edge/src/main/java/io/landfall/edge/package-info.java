/**
 * The HTTP data plane: asks decision, and obeys. Here is what the room and the node exchange; the
 * packages below may use it, and it uses none of them.
 */
package io.landfall.edge;
