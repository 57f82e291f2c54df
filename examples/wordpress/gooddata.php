<?php
/**
 * Plugin Name: GoodData
 * Description: Puts GoodData's engine on every page, and tells of WooCommerce's paid orders.
 * Version: 0.1.0
 * License: Apache-2.0
 *
 * Copy this file to wp-content/plugins/gooddata.php, activate it, and say in wp-config.php:
 *
 *     define( 'GOODDATA_URL', 'https://stats.example.com' );
 *     define( 'GOODDATA_WRITE_KEY', 'gw_…' );
 */

defined( 'ABSPATH' ) || exit;

function gooddata_is_configured() {
	return defined( 'GOODDATA_URL' ) && defined( 'GOODDATA_WRITE_KEY' );
}

add_action(
	'wp_head',
	function () {
		// Those who write the site would count as its visitors.
		if ( ! gooddata_is_configured() || current_user_can( 'edit_posts' ) ) {
			return;
		}
		printf(
			'<script defer src="%s" data-key="%s"></script>' . "\n",
			esc_url( GOODDATA_URL . '/gooddata.js' ),
			esc_attr( GOODDATA_WRITE_KEY )
		);
	}
);

// The browser's id goes along with the order, so that the purchase belongs to the visit in which it was made.
add_action(
	'woocommerce_after_order_notes',
	function () {
		echo '<input type="hidden" name="gooddata_visitor">';
		echo '<script>document.forms.checkout?.addEventListener("submit", ({ target }) => {';
		echo ' target.gooddata_visitor.value = window.gooddata?.visitor?.() ?? ""; }, true);</script>';
	}
);

add_action(
	'woocommerce_checkout_create_order',
	function ( $order ) {
		// phpcs:ignore WordPress.Security.NonceVerification -- WooCommerce has checked the form by now.
		$visitor = sanitize_text_field( wp_unslash( $_POST['gooddata_visitor'] ?? '' ) );
		if ( '' !== $visitor ) {
			$order->update_meta_data( '_gooddata_visitor', $visitor );
		}
	}
);

add_action(
	'woocommerce_payment_complete',
	function ( $order_id ) {
		$order   = wc_get_order( $order_id );
		$visitor = $order ? $order->get_meta( '_gooddata_visitor' ) : '';
		if ( ! gooddata_is_configured() || '' === $visitor ) {
			return;
		}
		$event = array(
			// The same order is the same event, however often it is told.
			'messageId'   => 'order-' . $order_id,
			'anonymousId' => $visitor,
			'event'       => 'Order Completed',
			'properties'  => array(
				'order_id' => (string) $order_id,
				'revenue'  => (float) $order->get_total(),
				'currency' => $order->get_currency(),
			),
		);
		wp_remote_post(
			GOODDATA_URL . '/v1/track',
			array(
				'blocking' => false,
				'headers'  => array(
					'Authorization' => 'Basic ' . base64_encode( GOODDATA_WRITE_KEY . ':' ),
					'Content-Type'  => 'application/json',
				),
				'body'     => wp_json_encode( $event ),
			)
		);
	}
);
