/**
 * Making certificates: the overlay's own small CA. The only room that uses Bouncy Castle, and never
 * on the path of a handshake.
 */
package io.landfall.ca;
