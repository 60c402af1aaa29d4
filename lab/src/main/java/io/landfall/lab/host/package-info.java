/** Hosts of a lab, which are network namespaces of this machine, and what runs on them. */
package io.landfall.lab.host;
