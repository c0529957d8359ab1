using System.Text;
using CallCenter.Contracts.Telephony;
using CallCenter.Sip.Messages;
using CallCenter.Telephony.Trunks;

namespace CallCenter.Telephony.Tests.Trunks;

/// <summary>What trunks say of callers (RFC 3325, 3323, 5806, 7044, 8224).</summary>
public sealed class CallOriginsTests
{
    private static (string Number, CallOrigin? Origin) Of(string headers, string from = "<sip:+358401@carrier.example>;tag=f") =>
        CallOrigins.Of(SipParser.Parse(Encoding.UTF8.GetBytes(
            ($"INVITE sip:1@gw SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\nFrom: {from}\nTo: <sip:1@gw>\nCall-ID: c\nCSeq: 1 INVITE\n{headers}Content-Length: 0\n\n").ReplaceLineEndings("\r\n")), out _)!);

    [Fact]
    public void A_plain_call_has_its_number_and_no_more() => Of("").ShouldBe(("+358401", null));

    [Theory]
    [InlineData("P-Asserted-Identity: \"Matti M\" <sip:+358409@carrier.example>\n", "+358409", "Matti M")]
    [InlineData("P-Asserted-Identity: \"Matti M\" <sip:matti@carrier.example>, <tel:+358409>\n", "+358409", null)]
    [InlineData("P-Asserted-Identity: <tel:+358409;phone-context=x>\n", "+358409", null)]
    public void The_asserted_identity_comes_before_the_callers_own_word(string header, string number, string? name)
    {
        var (shown, origin) = Of(header);
        (shown, origin!.Asserted, origin.Name).ShouldBe((number, true, name));
    }

    [Theory]
    [InlineData("Privacy: id\n")]
    [InlineData("Privacy: user;critical\n")]
    [InlineData("Privacy: header; id\n")]
    public void A_caller_who_asks_for_privacy_is_not_shown(string privacy)
    {
        var (number, origin) = Of("P-Asserted-Identity: \"Matti\" <tel:+358409>\n" + privacy);
        (number, origin!.Withheld, origin.Name).ShouldBe(("anonymous", true, null));
    }

    [Theory]
    [InlineData("\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=f")]
    [InlineData("<sip:carrier.example>;tag=f")]
    public void A_caller_without_a_number_is_anonymous(string from) => Of("", from).Number.ShouldBe("anonymous");

    [Fact]
    public void Privacy_none_hides_nothing() => Of("Privacy: none\n").ShouldBe(("+358401", null));

    [Fact]
    public void Diversions_are_told_the_last_first()
    {
        var origin = Of("Diversion: <sip:+3585@a>;reason=user-busy;counter=1\nDiversion: \"X\" <tel:+3586>;reason=\"no-answer\", <bad\n").Origin!;
        origin.Diversions.ShouldBe([new("+3585", "user-busy"), new("+3586", "no-answer")]);
    }

    [Fact]
    public void History_info_is_read_where_there_is_no_diversion()
    {
        // After RFC 7044 section 5: bob was asked first, he forwarded to office, office to us.
        const string history = "History-Info: <sip:+3581@a?Reason=SIP%3Bcause%3D302>;index=1, <sip:+3582@a?Reason=SIP%3Bcause%3D486>;index=1.1;mp=1, <sip:+3583@gw>;index=1.2;mp=1.1\n";
        Of(history).Origin!.Diversions.ShouldBe([new("+3582", "486"), new("+3581", "302")]);
        Of("History-Info: <sip:1@gw>;index=1\n").Origin.ShouldBeNull();
    }

    [Fact]
    public void The_identity_is_kept_as_it_came_within_its_bound()
    {
        const string token = "eyJhbGciOiJFUzI1NiJ9.eyJvcmlnIjp7InRuIjoiMTIifX0.c2ln;info=<https://cert.example/p.cer>;alg=ES256;ppt=shaken";
        Of($"Identity: {token}\n").Origin!.Identity.ShouldBe(token);
        Of($"Identity: {new string('a', CallOrigins.IdentityMax + 1)}\n").Origin.ShouldBeNull();
    }

    [Fact]
    public void What_is_long_or_hostile_is_cut()
    {
        var many = string.Concat(Enumerable.Range(0, 20).Select(n => $"Diversion: <sip:{n}@a>\n"));
        Of(many).Origin!.Diversions.Count.ShouldBe(CallOrigins.DiversionsMax);
        Of("", $"\"{new string('n', 500)}\" <sip:{new string('1', 500)}@a>;tag=f").Number.Length.ShouldBe(CallOrigins.TextMax);
    }
}
