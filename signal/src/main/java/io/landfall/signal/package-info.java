/** What the services beside this node report: leases, probes, hysteresis, damping. */
package io.landfall.signal;
