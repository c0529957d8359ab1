using System.Net;
using System.Text;
using CallCenter.Contracts.Telephony;
using CallCenter.Sip;
using CallCenter.Sip.Transports;
using CallCenter.Telephony.Ladder;
using CallCenter.Telephony.Spool;
using CallCenter.TestKit;

namespace CallCenter.Telephony.Tests.Ladder;

public sealed class LaddersTests : IDisposable
{
    private static readonly IPEndPoint Local = new(IPAddress.Loopback, 5060), Remote = new(IPAddress.Loopback, 5070);
    private readonly TemporaryFolder folder = new();
    private readonly FakeClock clock = new();
    private readonly EventSpool spool;
    private readonly Guid tenant = Guid.NewGuid(), contact = Guid.NewGuid();

    public LaddersTests() => spool = new EventSpool(folder.Path, "telephony/test", clock);

    public void Dispose()
    {
        spool.Dispose();
        folder.Dispose();
    }

    private Ladders New(int messagesMax = 100) => new(new TelephonyOptions { LadderMessagesMax = messagesMax }, spool, clock);

    private SipTraceRecord Message(string start, string callId = "c1", string more = "", bool sent = false) => new(
        clock.GetUtcNow(), sent, SipTransport.Udp, Local, Remote,
        Encoding.UTF8.GetBytes($"{start}\r\nVia: x\r\nCall-ID: {callId}\r\n{more}\r\n"));

    private List<SipMessagesSeen> Told()
    {
        var told = new List<SipMessagesSeen>();
        while (spool.Waiting.TryRead(out var next))
        {
            told.Add(next.Event.ShouldBeOfType<SipMessagesSeen>());
        }
        return told;
    }

    [Fact]
    public void What_came_before_the_call_and_after_its_close_is_told()
    {
        var ladders = New();
        ladders.Trace(Message("INVITE sip:1@gw SIP/2.0"));
        ladders.Trace(Message("SIP/2.0 100 Trying", sent: true));
        var (ladder, leg) = (ladders.Begin(tenant, contact), Guid.NewGuid());
        ladders.Claim(ladder, "c1", LegRole.Caller, leg);
        ladders.Flush();
        ladders.Flush(); // nothing new: nothing told
        ladders.Trace(Message("BYE sip:1@gw SIP/2.0", sent: true));
        ladders.Finish(ladder);
        ladders.Flush();
        ladders.Trace(Message("SIP/2.0 200 OK"));
        clock.Advance(TimeSpan.FromSeconds(6));
        ladders.Flush();
        ladders.Trace(Message("SIP/2.0 200 OK"));
        ladders.Flush();

        var told = Told();
        told.Select(e => (e.Messages.Count, e.Final, e.Sequence)).ShouldBe([(2, false, 1), (1, false, 2), (1, true, 3)]);
        told.ShouldAllBe(e => e.Tenant == tenant && e.Contact == contact && e.Stream != contact && e.Stream == told[0].Stream);
        var first = told[0].Messages[0];
        (first.Party, first.Leg, first.Sent, first.Local, first.Remote, first.Transport).ShouldBe((LegRole.Caller, leg, false, "127.0.0.1:5060", "127.0.0.1:5070", "Udp"));
        first.Text.ShouldStartWith("INVITE sip:1@gw SIP/2.0\r\n");
        ladders.Count.ShouldBe(0);
    }

    [Fact]
    public void Dialogs_of_two_legs_are_one_ladder_and_other_calls_another()
    {
        var ladders = New();
        var ladder = ladders.Begin(tenant, contact);
        ladders.Claim(ladder, "c1", LegRole.Caller, null);
        ladders.Claim(ladder, "c2", LegRole.Agent, null);
        var other = ladders.Begin(tenant, Guid.NewGuid());
        ladders.Claim(other, "c3", LegRole.Caller, null);
        ladders.Trace(Message("BYE x", "c1"));
        ladders.Trace(Message("INVITE x", "c2"));
        ladders.Trace(Message("INVITE x", "c3"));
        ladders.Trace(Message("REGISTER x", "c4"));
        ladders.Flush();
        Told().OrderByDescending(e => e.Messages.Count).Select(e => string.Concat(e.Messages.Select(m => m.Party))).ShouldBe(["CallerAgent", "Caller"]);
    }

    [Fact]
    public void Everything_is_bounded_and_what_is_beyond_is_counted()
    {
        var ladders = New(messagesMax: 3);
        var ladder = ladders.Begin(tenant, contact);
        ladders.Claim(ladder, "c1", LegRole.Caller, null);
        for (var n = 0; n < 10; n++)
        {
            ladders.Trace(Message("INFO x", more: $"X: {new string('x', 10_000)}\r\n"));
        }
        ladders.Flush();
        var seen = Told().ShouldHaveSingleItem();
        (seen.Messages.Count, seen.Dropped).ShouldBe((3, 7));
        seen.Messages.ShouldAllBe(m => m.Text.Length <= SipTraceText.BytesMax);

        for (var n = 0; n < Ladders.UnclaimedMax + 100; n++)
        {
            ladders.Trace(Message("INVITE x", $"flood{n}"));
        }
        ladders.Count.ShouldBe(1 + Ladders.UnclaimedMax);
        clock.Advance(TimeSpan.FromSeconds(36));
        ladders.Flush();
        ladders.Count.ShouldBe(1);
    }

    [Fact]
    public void With_no_messages_to_be_kept_nothing_is()
    {
        var ladders = New(messagesMax: 0);
        ladders.Trace(Message("INVITE x"));
        ladders.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData("Authorization: Digest username=\"1001\", response=\"secret\"\r\n")]
    [InlineData("proxy-authorization :  Digest\r\n username=\"1001\",\r\n response=\"secret\"\r\n")]
    [InlineData("Authorization: Bearer secret\r\n")]
    [InlineData("WWW-Authenticate: Digest realm=\"r\", nonce=\"secret\"\r\n")]
    [InlineData("Content-Type: application/sdp\r\n\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:secret\r\n")]
    [InlineData("Content-Type: application/sdp\r\n\r\na=ice-pwd:secret\r\n")]
    [InlineData("Content-Type: application/dtmf-relay\r\n\r\nSignal=secret\r\nDuration=160\r\n")]
    [InlineData("Content-Type: application/dtmf\r\n\r\nsecret")]
    public void Secrets_are_masked_and_the_rest_is_not(string more)
    {
        var text = $"INFO sip:1@gw SIP/2.0\r\nX-Before: kept\r\n{more}";
        var masked = SipTraceText.Masked(new(clock.GetUtcNow(), false, LegRole.Caller, null, "Udp", "a", "b", text)).Text;
        masked.ShouldNotContain("secret");
        masked.ShouldContain("X-Before: kept");
        masked.ShouldContain("*");
    }

    [Theory]
    [InlineData("INVITE x\r\nCall-ID: abc\r\n\r\n", "abc")]
    [InlineData("INVITE x\r\nVia: v\r\ni :\tabc \r\n\r\n", "abc")]
    [InlineData("INVITE x\r\nCALL-ID:abc", "abc")]
    [InlineData("INVITE x\r\nCall-ID-Not: abc\r\n\r\nCall-ID: body", null)]
    [InlineData("INVITE x\r\n", null)]
    [InlineData("", null)]
    public void The_call_id_is_found_without_parsing(string message, string? expected)
    {
        Span<char> buffer = stackalloc char[Ladders.CallIdMax];
        var found = SipTraceText.TryCallId(Encoding.UTF8.GetBytes(message), buffer, out var length);
        (found ? buffer[..length].ToString() : null).ShouldBe(expected);
    }
}
