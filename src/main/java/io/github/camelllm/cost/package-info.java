/**
 * What calls cost, and how many tokens they have before anybody has counted: the price list, and counting by the providers'
 * published rules.
 */
package io.github.camelllm.cost;
