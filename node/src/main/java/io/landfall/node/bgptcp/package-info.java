/** BGP over plain TCP towards routers: dialling, TCP MD5, GTSM; bytes in, bytes out, closed. */
package io.landfall.node.bgptcp;
