/** A whole CDN on this machine: real nodes, real backends, one command. */
package io.landfall.lab;
