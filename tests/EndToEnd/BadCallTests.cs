using System.Net;
using System.Net.Sockets;
using System.Text;
using CallCenter.Sip.Calls;
using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>Calls that cannot be: each gets the right SIP answer, and the system stays as it was.</summary>
[Trait("needs", "server")]
public sealed class BadCallTests(CentreFixture fixture)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task An_unknown_number_is_404()
    {
        (await Refusal("+358999999999")).Code.ShouldBe(404);
    }

    [Fact]
    public async Task A_number_without_a_flow_is_480()
    {
        var center = await fixture.Center();
        using var administrator = await center.SignInAs("administrator");
        await administrator.Put("/api/numbers/+358911000004", new
        {
            tenant = center.Demo.Tenants[0].Id, kind = "geographic", fallback = new { longestHoldSeconds = 30 },
        });

        await Eventually.Get("the number in the gateway", Soon, () => Refusal("+358911000004"), r => r.Code == 480);
    }

    [Fact]
    public async Task No_common_codec_is_488()
    {
        var center = await fixture.Center();
        const string onlyG729 = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n";

        (await Refusal(center.Demo.Tenants[0].Numbers[0].Number, onlyG729)).Code.ShouldBe(488);
    }

    [Fact]
    public async Task Over_the_tenants_limit_is_503_with_retry_after_and_in_the_history()
    {
        var center = await fixture.Center();
        var tenant = await TestTenant.Make(center, "limited", "+358911000005", agents: 0, concurrentCalls: 1);
        await using var callers = new TestCaller(center.Sip);
        await using var first = await callers.Call(tenant.Number).WhenAnswered(Soon);

        var second = await Refusal(tenant.Number);

        second.Code.ShouldBe(503);
        int.Parse(second.Final!.Get("Retry-After").ShouldNotBeNull(), System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThan(0);
        using var supervisor = await tenant.SignIn(tenant.Supervisor);
        var rejected = await Eventually.Get(
            "the refusal in the history", Soon, () => tenant.Contacts(supervisor), all => all.Any(c => c.Termination == "Rejected(TenantConcurrentCalls)"));
        (await supervisor.Contact(rejected.Single(c => c.Termination is not null).Id)).ShouldAddUp();
        first.HangUp();
        await first.WhenEnded(Soon);
        await Eventually.Get("room for another call", Soon, () => Answered(callers, tenant.Number), answered => answered);
    }

    [Theory]
    [InlineData("no CSeq", "INVITE sip:x@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{0};branch=z9hG4bKbad1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:x@b>\r\nCall-ID: bad1\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("a CSeq of another method", "INVITE sip:x@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{0};branch=z9hG4bKbad2\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:x@b>\r\nCall-ID: bad2\r\nCSeq: 1 BYE\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("a length beyond the datagram", "INVITE sip:x@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{0};branch=z9hG4bKbad3\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:x@b>\r\nCall-ID: bad3\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\nContent-Length: 9999\r\n\r\n")]
    [InlineData("not SIP at all", "\0\u0001\u0002 what is this")]
    public async Task Malformed_sip_is_400_or_dropped(string what, string message)
    {
        var center = await fixture.Center();
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)socket.Client.LocalEndPoint!).Port;

        await socket.SendAsync(Encoding.Latin1.GetBytes(message.Replace("{0}", $"{port}", StringComparison.Ordinal)), center.Sip, TestContext.Current.CancellationToken);
        var options = $"OPTIONS sip:{center.Sip} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bKok{Guid.NewGuid():N}\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:x@b>\r\nCall-ID: ok{Guid.NewGuid():N}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n";
        await socket.SendAsync(Encoding.Latin1.GetBytes(options), center.Sip, TestContext.Current.CancellationToken);

        // Whatever was answered before the OPTIONS' 200 was the answer to the malformed message.
        var answers = await AnswersUntil(socket, "SIP/2.0 200");
        answers.ShouldAllBe(a => a.StartsWith("SIP/2.0 400", StringComparison.Ordinal), what);
    }

    private static async Task<List<string>> AnswersUntil(UdpClient socket, string last)
    {
        var answers = new List<string>();
        using var deadline = new CancellationTokenSource(Soon);
        while (true)
        {
            var answer = Encoding.Latin1.GetString((await socket.ReceiveAsync(deadline.Token)).Buffer);
            if (answer.StartsWith(last, StringComparison.Ordinal))
            {
                return answers;
            }
            answers.Add(answer.Split("\r\n")[0]);
        }
    }

    private static async Task<bool> Answered(TestCaller callers, string number)
    {
        await using var call = callers.Call(number);
        await Task.WhenAny(call.Answered, call.Ended).WaitAsync(Soon);
        return call.Answered.IsCompletedSuccessfully;
    }

    private async Task<CallEnded> Refusal(string number, string? sdp = null)
    {
        await using var callers = new TestCaller((await fixture.Center()).Sip);
        await using var call = callers.Call(number, sdp: sdp);
        return await call.WhenEnded(Soon);
    }
}
