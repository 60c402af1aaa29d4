/** Bytes to BGP messages and back, the RFC 7606 ladder, the session FSM as a pure step. */
package io.landfall.bgp;
