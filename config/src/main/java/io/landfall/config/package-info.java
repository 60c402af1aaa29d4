/**
 * The config file as records: read, checked as a whole, and handed over. These records are a set
 * apart from the rooms' own: the node translates between the two.
 */
package io.landfall.config;
