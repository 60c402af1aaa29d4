/**
 * The other end of the admin socket, in plain JDK: no HTTP library and no event loop, since a
 * command must be answered before its person has blinked.
 */
package io.landfall.admin.client;
