/** The log of purges, kept over restarts. It knows records and files, and nothing of the cache. */
package io.landfall.edge.purges;
