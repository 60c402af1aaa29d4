/** What the node counts, pulled at scrape time and written in Prometheus's text format. */
package io.landfall.admin.metrics;
