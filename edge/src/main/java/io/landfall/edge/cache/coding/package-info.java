/** Encoders of content codings: bytes in, bytes out, and nothing of HTTP. */
package io.landfall.edge.cache.coding;
