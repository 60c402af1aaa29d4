/**
 * BMP messages (RFC 7854, 9069) and MRT records (RFC 6396, 8050) as bytes; no sockets, no files.
 */
package io.landfall.bgp.watch;
