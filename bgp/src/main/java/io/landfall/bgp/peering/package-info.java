/**
 * The configured peerings of one kind and the streams of each: when one is opened, whose a stream
 * is, and what becomes of it. Which of two streams a session keeps is the session's to judge.
 */
package io.landfall.bgp.peering;
