/** BFD (RFC 5880): packets, their authentication, and the session as a pure step. */
package io.landfall.bfd;
