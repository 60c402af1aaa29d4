/**
 * The overlay port: one TLS 1.3 listener for BGP and forwarded requests, and the way out to others.
 */
package io.landfall.transport.tls;
