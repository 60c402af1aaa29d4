/** BGP over plain TCP towards routers: dialling, accepting, TCP MD5, GTSM; bytes in, bytes out. */
package io.landfall.transport.tcp;
