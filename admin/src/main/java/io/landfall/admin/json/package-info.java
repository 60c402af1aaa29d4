/** JSON of records and back, the only place that knows how it is spelled. */
package io.landfall.admin.json;
