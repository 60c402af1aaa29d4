/**
 * {@code landfall lab --internet}: sites, their upstream routers and clients in network namespaces.
 */
@org.jspecify.annotations.NullMarked
package io.landfall.lab.internet;
