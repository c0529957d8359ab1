using System.Text;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Tests;

/// <summary>Bounds, forms and framing of messages (RFC 3261 sections 7, 18.3 and 19).</summary>
public sealed class ParserTests
{
    [Fact]
    public void Compact_and_full_names_in_any_case_are_one_header()
    {
        var message = Parse("OPTIONS sip:a SIP/2.0\nv: SIP/2.0/UDP h;branch=z9hG4bK1\nF: <sip:a@b>;tag=1\nt: <sip:c@d>\nI: x\ncSEQ: 1 OPTIONS\nK: timer\nm: <sip:a@b>\nX-Own: kept\nx-own: second\n\n");
        message.Get("Supported").ShouldBe("timer");
        message.Get(HeaderId.Contact).ShouldBe("<sip:a@b>");
        message.Get("X-OWN").ShouldBe("kept");
        message.AllHeaders().Count().ShouldBe(9);
    }

    [Fact]
    public void Lists_split_at_commas_outside_quotes_and_brackets()
    {
        var message = Parse(TwoStations.Request("OPTIONS", contact: "\"a, b\" <sip:x,y@h>;p=\"1,2\", <sip:z@h>", extra: "Contact: <sip:w@h>\n"));
        message.GetAll(HeaderId.Contact).ShouldBe(["<sip:w@h>", "\"a, b\" <sip:x,y@h>;p=\"1,2\"", "<sip:z@h>"]);
    }

    [Theory]
    [InlineData(SipMessageLimits.HeadersMax + 1, 10, "Too Many Headers")]
    [InlineData(1, SipMessageLimits.LineBytesMax, "Header Line Too Long")]
    public void What_is_above_a_bound_is_a_fault(int lines, int length, string reason) =>
        Fault(TwoStations.Request("OPTIONS", extra: string.Concat(Enumerable.Repeat($"X: {new string('x', length)}\n", lines)))).ShouldBe(new SipFault(400, reason));

    [Fact]
    public void A_message_above_64_kB_is_not_read() =>
        SipParser.Parse(new byte[SipMessageLimits.MessageBytesMax + 1], out _).ShouldBeNull();

    [Theory]
    [InlineData("sip:alice@example.com", "alice", "example.com", 0)]
    [InlineData("sip:+358401:pw@[2001:db8::1]:5070;transport=tcp?x=y", "+358401", "2001:db8::1", 5070)]
    [InlineData("SIP:a%20b@h", "a b", "h", 0)]
    [InlineData("tel:+358401;phone-context=x", "+358401", "", 0)]
    public void Uris_are_taken_apart_and_put_together(string text, string user, string host, int port)
    {
        SipUri.TryParse(text, out var uri).ShouldBeTrue();
        (uri.User, uri.Host, uri.Port).ShouldBe((user, host, port));
        SipUri.TryParse(uri.ToString(), out var again).ShouldBeTrue();
        again.ShouldBe(uri);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sip:")]
    [InlineData("alice")]
    [InlineData("sip:a@h:99999")]
    [InlineData("sip:a@[::1")]
    [InlineData("sip:a@h h")]
    public void A_bad_uri_is_none(string text) => SipUri.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void A_stream_is_cut_at_its_content_lengths_wherever_it_is_split()
    {
        var first = Bytes(TwoStations.Request("INVITE", body: "12345", contentType: "text/plain"));
        var second = Bytes(TwoStations.Request("BYE").Replace("Content-Length", "l", StringComparison.Ordinal));
        byte[] stream = [.. "\r\n"u8, .. first, .. second, .. "\r\n\r\n"u8];
        for (var held = 0; held < 2 + first.Length; held++)
        {
            StreamFramer.Next(stream.AsSpan(Math.Min(held, 2), Math.Max(0, held - 2)), out _).ShouldBe(FrameKind.Incomplete);
        }

        StreamFramer.Next(stream, out var size).ShouldBe(FrameKind.Skip);
        var used = size;
        StreamFramer.Next(stream.AsSpan(used), out size).ShouldBe(FrameKind.Message);
        size.ShouldBe(first.Length);
        used += size;
        StreamFramer.Next(stream.AsSpan(used), out size).ShouldBe(FrameKind.Message);
        size.ShouldBe(second.Length);
        used += size;
        StreamFramer.Next(stream.AsSpan(used), out size).ShouldBe(FrameKind.Ping);
    }

    [Theory]
    [InlineData("Content-Length: 0", "X: 0")]
    [InlineData("Content-Length: 0", "Content-Length: -1")]
    [InlineData("Content-Length: 0", "Content-Length: 70000")]
    public void A_stream_without_a_good_content_length_is_broken(string length, string changed) =>
        StreamFramer.Next(Bytes(TwoStations.Request("BYE").Replace(length, changed, StringComparison.Ordinal)), out _).ShouldBe(FrameKind.Broken);

    [Fact]
    public void A_line_end_in_a_header_is_refused() =>
        Should.Throw<ArgumentException>(() => new SipMessageWriter().Response(200, "OK").Header("X", "a\r\nVia: b"));

    [Theory]
    [InlineData("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", '5', 160)]
    [InlineData("application/dtmf-relay", "Signal= *\nDuration= 99999", '*', 6000)]
    [InlineData("application/dtmf-relay", "signal=11", '#', 160)]
    [InlineData("application/dtmf", "d", 'D', 160)]
    public void Digits_are_read(string type, string body, char digit, int duration)
    {
        DtmfInfo.TryParse(type, Encoding.ASCII.GetBytes(body), out var read, out var ms).ShouldBeTrue();
        (read, ms).ShouldBe((digit, duration));
    }

    [Theory]
    [InlineData("application/dtmf-relay", "Signal=x")]
    [InlineData("application/dtmf-relay", "Duration=100")]
    [InlineData("application/dtmf", "")]
    [InlineData("application/dtmf", "16")]
    [InlineData("text/plain", "5")]
    public void What_is_no_digit_is_none(string type, string body) =>
        DtmfInfo.TryParse(type, Encoding.ASCII.GetBytes(body), out _, out _).ShouldBeFalse();

    private static SipMessage Parse(string text)
    {
        var message = SipParser.Parse(Bytes(text), out var reason).ShouldNotBeNull(reason);
        message.Fault.ShouldBeNull();
        return message;
    }

    private static SipFault? Fault(string text) => SipParser.Parse(Bytes(text), out var reason).ShouldNotBeNull(reason).Fault;

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n"));
}
