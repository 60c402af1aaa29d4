package io.landfall.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.ResponseDirectives.Source;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Directives of RFC 9111 section 5.2 and of RFC 9213, as they are read. */
class DirectivesTest {
  @Test
  void namesAreTakenInAnyCase() {
    ResponseDirectives read = response("Cache-Control: MaX-aGe=3600, No-StOrE, PUBLIC");
    assertThat(read.maxAgeSeconds()).isEqualTo(3600);
    assertThat(read.noStore()).isTrue();
    assertThat(read.isPublic()).isTrue();
  }

  @Test
  void everyFlagIsRead() {
    ResponseDirectives read =
        response(
            "Cache-Control: no-cache, private, must-revalidate, proxy-revalidate",
            "Cache-Control: must-understand, no-transform, immutable, unknown=5");
    assertThat(read.noCache()).isTrue();
    assertThat(read.isPrivate()).isTrue();
    assertThat(read.mustRevalidate()).isTrue();
    assertThat(read.proxyRevalidate()).isTrue();
    assertThat(read.mustUnderstand()).isTrue();
    assertThat(read.noTransform()).isTrue();
    assertThat(read.immutable()).isTrue();
    assertThat(read.hasLifetime()).isFalse();
  }

  @Test
  void anArgumentMayBeQuoted() {
    assertThat(response("Cache-Control: max-age=\"3600\"").maxAgeSeconds()).isEqualTo(3600);
    assertThat(response("Cache-Control: max-age=003600").maxAgeSeconds()).isEqualTo(3600);
  }

  @Test
  void whatIsInsideAQuotedStringIsNoDirective() {
    assertThat(response("Cache-Control: x=\"max-age=3600, no-store\", max-age=1").noStore())
        .isFalse();
    assertThat(response("Cache-Control: max-age=1, x=\"max-age=3600\"").maxAgeSeconds())
        .isEqualTo(1);
    assertThat(response("Cache-Control: x=\"a\\\", no-store\", max-age=1").noStore()).isFalse();
  }

  @Test
  void aQuotationMarkWithoutItsSecondHidesNothing() {
    assertThat(response("Cache-Control: x=\"a, no-store").noStore()).isTrue();
  }

  @Test
  void aTimeThatIsNoNumberIsZero() {
    for (String bad :
        List.of("-3600", "'3600'", "3600.5", "a3600", "3600a", "", " 3600", "+1", "\"\"")) {
      assertThat(response("Cache-Control: max-age=" + bad).maxAgeSeconds()).as(bad).isZero();
    }
    assertThat(response("Cache-Control: max-age =3600").maxAgeSeconds()).isZero();
    assertThat(response("Cache-Control: max-age").maxAgeSeconds()).isZero();
  }

  @Test
  void aTimeTooLargeToHoldIsTwoToThePowerOf31() {
    for (String large : List.of("2147483648", "2147483649", "99999999999", "9".repeat(400))) {
      assertThat(response("Cache-Control: max-age=" + large).maxAgeSeconds()).isEqualTo(1L << 31);
    }
    assertThat(response("Cache-Control: max-age=2147483647").maxAgeSeconds())
        .isEqualTo(2_147_483_647L);
  }

  @Test
  void ofADirectiveThatStandsThereTwiceTheShortestTimeCounts() {
    assertThat(response("Cache-Control: max-age=1800, max-age=1").maxAgeSeconds()).isEqualTo(1);
    assertThat(response("Cache-Control: s-maxage=1", "Cache-Control: s-maxage=9").sMaxageSeconds())
        .isEqualTo(1);
  }

  @Test
  void noCacheAndPrivateMayNameFields() {
    ResponseDirectives read = response("Cache-Control: no-cache=\"A, b\", private=C");
    assertThat(read.noCache()).isFalse();
    assertThat(read.noCacheFields()).containsExactly("a", "b");
    assertThat(read.isPrivate()).isFalse();
    assertThat(read.privateFields()).containsExactly("c");
  }

  @Test
  void withoutFieldsBeatsWithFieldsAndABrokenListIsNone() {
    assertThat(response("Cache-Control: no-cache=\"a\", no-cache").noCache()).isTrue();
    assertThat(response("Cache-Control: no-cache=\"a\", no-cache").noCacheFields()).isEmpty();
    assertThat(response("Cache-Control: private=\"a b\"").isPrivate()).isTrue();
    assertThat(response("Cache-Control: private=\"\"").isPrivate()).isTrue();
    assertThat(response("Cache-Control: no-cache=\"" + "a,".repeat(40) + "\"").noCache()).isTrue();
  }

  @Test
  void theMostTargetedFieldDecidesAlone() {
    ResponseDirectives own =
        response(
            "Cache-Control: no-store",
            "CDN-Cache-Control: max-age=5",
            "Landfall-Cache-Control: max-age=7, stale-if-error=9");
    assertThat(own.source()).isEqualTo(Source.LANDFALL);
    assertThat(own.maxAgeSeconds()).isEqualTo(7);
    assertThat(own.staleIfErrorSeconds()).isEqualTo(9);
    assertThat(own.noStore()).isFalse();
    ResponseDirectives cdn = response("Cache-Control: no-store", "CDN-Cache-Control: max-age=5");
    assertThat(cdn.source()).isEqualTo(Source.CDN);
    assertThat(cdn.maxAgeSeconds()).isEqualTo(5);
  }

  @Test
  void aTargetedFieldThatIsBrokenOrEmptyIsNotThere() {
    for (String bad :
        List.of("Max-Age=5", "max-age=5,", "max-age=5 no-store", "", "max-age=", "a=\"", ",")) {
      ResponseDirectives read = response("Cache-Control: max-age=3", "CDN-Cache-Control: " + bad);
      assertThat(read.source()).as(bad).isEqualTo(Source.CACHE_CONTROL);
      assertThat(read.maxAgeSeconds()).isEqualTo(3);
    }
  }

  @Test
  void aTargetedTimeOfAnotherTypeIsLeftOut() {
    ResponseDirectives read =
        response("CDN-Cache-Control: max-age=5.5, s-maxage=\"9\", public, no-store=?0");
    assertThat(read.isTargeted()).isTrue();
    assertThat(read.hasLifetime()).isFalse();
    assertThat(read.isPublic()).isTrue();
    assertThat(read.noStore()).isFalse();
  }

  @Test
  void aTargetedFieldMayNameFieldsAsStringOrInnerList() {
    assertThat(response("CDN-Cache-Control: no-cache=\"a, b\"").noCacheFields())
        .containsExactly("a", "b");
    assertThat(response("CDN-Cache-Control: private=(\"a\" b);p=1").privateFields())
        .containsExactly("a", "b");
    assertThat(response("CDN-Cache-Control: private=5.5").isPrivate()).isFalse();
    assertThat(response("CDN-Cache-Control: private=()").isPrivate()).isTrue();
  }

  @Test
  void theLastOfTwoTargetedMembersCounts() {
    assertThat(response("CDN-Cache-Control: max-age=5, max-age=9").maxAgeSeconds()).isEqualTo(9);
  }

  @Test
  void aRequestSaysWhatItTakes() {
    RequestDirectives read =
        request("Cache-Control: max-age=5, max-stale=6, min-fresh=\"7\", no-store", "A: b");
    assertThat(read.maxAgeSeconds()).isEqualTo(5);
    assertThat(read.maxStaleSeconds()).isEqualTo(6);
    assertThat(read.minFreshSeconds()).isEqualTo(7);
    assertThat(read.noStore()).isTrue();
    assertThat(read.noCache()).isFalse();
    assertThat(request("Cache-Control: only-if-cached").onlyIfCached()).isTrue();
    assertThat(request("Cache-Control: no-transform, stale-if-error=3").noTransform()).isTrue();
    assertThat(request("Cache-Control: stale-if-error=3").staleIfErrorSeconds()).isEqualTo(3);
  }

  @Test
  void aUsualRequestMakesNoObject() {
    assertThat(request("Accept: */*")).isSameAs(RequestDirectives.NONE);
  }

  @Test
  void maxStaleWithoutATimeTakesAnyStaleness() {
    assertThat(request("Cache-Control: max-stale").maxStaleSeconds()).isEqualTo(1L << 31);
    assertThat(request("Cache-Control: max-stale, max-stale=5").maxStaleSeconds()).isEqualTo(5);
  }

  @Test
  void aTimeOfARequestThatIsNoNumberRestrictsTheMost() {
    assertThat(request("Cache-Control: max-age=x").maxAgeSeconds()).isZero();
    assertThat(request("Cache-Control: max-stale=x").maxStaleSeconds()).isZero();
    assertThat(request("Cache-Control: min-fresh=x").minFreshSeconds()).isEqualTo(1L << 31);
  }

  @Test
  void pragmaCountsWithoutCacheControlOnly() {
    assertThat(request("Pragma: no-cache").noCache()).isTrue();
    assertThat(request("Pragma: x, No-Cache").noCache()).isTrue();
    assertThat(request("Pragma: unknown").noCache()).isFalse();
    assertThat(request("Pragma: no-cache", "Cache-Control: max-age=5").noCache()).isFalse();
  }

  @Test
  void demandsCanBeTakenOut() {
    RequestDirectives all =
        request("Cache-Control: no-cache, max-age=0, min-fresh=5, max-stale=3, no-store");
    RequestDirectives left = all.withoutDemands();
    assertThat(left.noCache()).isFalse();
    assertThat(left.maxAgeSeconds()).isEqualTo(RequestDirectives.ABSENT);
    assertThat(left.minFreshSeconds()).isEqualTo(RequestDirectives.ABSENT);
    assertThat(left.maxStaleSeconds()).isEqualTo(3);
    assertThat(left.noStore()).isTrue();
    assertThat(RequestDirectives.NONE.withoutDemands()).isSameAs(RequestDirectives.NONE);
  }

  private static ResponseDirectives response(String... lines) {
    return ResponseDirectives.of(Lines.of(lines));
  }

  private static RequestDirectives request(String... lines) {
    return RequestDirectives.of(Lines.of(lines));
  }
}
