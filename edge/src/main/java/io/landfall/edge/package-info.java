/** The HTTP data plane: asks decision, and obeys. */
package io.landfall.edge;
