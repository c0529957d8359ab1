using System.Text;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Dialogs;
using CallCenter.Sip.Digest;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Registration;
using CallCenter.Sip.Sdp;

namespace CallCenter.Sip.Tests;

/// <summary>Whatever the network sends, nothing is thrown: seeded mutations of good messages through parser, agent and negotiator.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Mutations = 5_000;
    private const int Batch = 250;
    private const string Replaces = "Replaces: c9;to-tag=a;from-tag=b\n";
    private static readonly string[] Pieces = ["\r\n", "\"", "<", ">", ";", ",", ":", "=", "\0", "%", "\\", " ", "\t", "@", "999999999999", "-1", "[", "]", "?", "&", "SIP/2.0", "tag=", "Via: ", "\r\n ", "é", "*", "/", "z9hG4bK", "100rel", "Refer-To: <sip:a@b?Replaces=c%3Bto-tag%3D1>\r\n"];

    private static readonly Dictionary<string, string[]> Models = new()
    {
        ["INVITE"] =
        [
            TwoStations.Request("INVITE", contact: "\"A, B\" <sip:x@192.0.2.99;transport=udp>", body: Phone.Sdp, contentType: "application/sdp", extra: "Record-Route: <sip:192.0.2.1;lr>, <sip:192.0.2.2;lr>\nSupported: 100rel, replaces\n"),
            TwoStations.Request("INVITE", contact: "<sip:x@[2001:db8::1]:5070>", extra: "Require: 100rel\nAccept: application/sdp\n" + Replaces),
        ],
        ["REGISTER"] =
        [
            TwoStations.Request("REGISTER", contact: "<sip:x@192.0.2.99>;expires=60", extra: "Authorization: Digest username=\"1\", realm=\"r\", nonce=\"n\", uri=\"sip:r\", response=\"0\", qop=auth, nc=00000001, cnonce=\"c\"\n"),
            TwoStations.Request("REGISTER", contact: "*", extra: "Expires: 0\n"),
        ],
        ["within a call"] =
        [
            TwoStations.Request("BYE", toTag: "TAG", branch: "z9hG4bKb"),
            TwoStations.Request("PRACK", toTag: "TAG", branch: "z9hG4bKp", extra: "RAck: 1 1 INVITE\n"),
            TwoStations.Request("REFER", toTag: "TAG", branch: "z9hG4bKr", extra: "Refer-To: <sip:2@b?Replaces=c%3Bto-tag%3Da%3Bfrom-tag%3Db>\nReferred-By: <sip:x@y>\n"),
            TwoStations.Request("NOTIFY", toTag: "TAG", branch: "z9hG4bKn", extra: "Event: refer\nSubscription-State: active\n", body: "SIP/2.0 200 OK\n", contentType: "message/sipfrag"),
            TwoStations.Request("UPDATE", toTag: "TAG", branch: "z9hG4bKu", body: Phone.Sdp, contentType: "application/sdp"),
            TwoStations.Request("INFO", toTag: "TAG", branch: "z9hG4bKi", body: "Signal=5\nDuration=160\n", contentType: "application/dtmf-relay"),
        ],
    };

    [Theory]
    [InlineData("INVITE")]
    [InlineData("REGISTER")]
    [InlineData("within a call")]
    public void Mutated_messages_never_throw_and_leave_nothing_behind(string kind)
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var clock = new FakeClock();
        var registrar = new Registrar(new RegistrarOptions { Realm = "r", Credentials = _ => Ha1.From("1", "r", "p") }, clock);
        for (var batch = 0; batch < Mutations; batch += Batch)
        {
            var wire = new Wire();
            var agent = wire.Add("198.51.100.2:5060", registrar);
            agent.OnCall = call => Take(agent, call);
            for (var i = batch; i < batch + Batch; i++)
            {
                var model = Models[kind][i % Models[kind].Length];
                var bytes = Mutate(random, kind == "within a call" ? Within(model, TagOfACall(agent), 1000 + i) : model);
                var told = $"seed {seed}, mutation {i}: {Encoding.UTF8.GetString(bytes)}";
                Should.NotThrow(() => agent.Inject([.. bytes]), told);
                agent.Errors.ShouldBeEmpty(told);
                Should.NotThrow(() => ReadAll(bytes), told);
            }

            // Whatever was begun ends by its own timers, also what the other side never answers.
            agent.Calls.ForEach(call => call.Bye());
            wire.Pass(200);
            (agent.Agent.Transactions.Count, agent.Agent.CallCount).ShouldBe((0, 0), $"seed {seed}, batch from {batch}");
        }
    }

    private static void Take(Station agent, UasCall call)
    {
        call.OnEvent += e => (e as CallRefer)?.Accept();
        call.OnEvent += e => (e as CallOffer)?.Accept(Phone.Sdp);
        SdpNegotiator.Answer(call.Offer ?? "", new SdpCapabilities { Address = agent.EndPoint.Address, Port = 4000 });
        call.Progress(183, Phone.Sdp);
        if (call.Request.CallId == "fuzzed")
        {
            call.Answer(Phone.Sdp);
            return;
        }

        call.Answer(Phone.Sdp);
        call.Bye();
    }

    // One call at a time is kept up for what comes within it.
    private static string TagOfACall(Station agent)
    {
        if (agent.Calls.LastOrDefault() is not { IsEnded: false })
        {
            agent.Inject(TwoStations.Request("INVITE", contact: "<sip:x@192.0.2.99:5060>", branch: $"z9hG4bKc{agent.Calls.Count}").Replace("CSeq: 1 ", $"CSeq: {agent.Calls.Count + 1} ", StringComparison.Ordinal).Replace("Call-ID: c1", "Call-ID: fuzzed", StringComparison.Ordinal));
            agent.Inject(Within(TwoStations.Request("ACK", toTag: "TAG"), agent.Call.Dialog!.LocalTag, agent.Calls.Count));
        }

        return agent.Call.Dialog!.LocalTag;
    }

    private static string Within(string model, string tag, int cseq) => model.Replace("TAG", tag, StringComparison.Ordinal)
        .Replace("CSeq: 1 ", $"CSeq: {cseq} ", StringComparison.Ordinal).Replace("branch=z9hG4bK", $"branch=z9hG4bK{cseq}", StringComparison.Ordinal).Replace("Call-ID: c1", "Call-ID: fuzzed", StringComparison.Ordinal);

    [Fact]
    public void Mutated_descriptions_never_throw()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var ours = new SdpCapabilities { Address = System.Net.IPAddress.Loopback, Port = 4000 };
        for (var i = 0; i < Mutations; i++)
        {
            var text = Encoding.UTF8.GetString(Mutate(random, Phone.Sdp));
            Should.NotThrow(() => (SdpNegotiator.Answer(text, ours) as SdpAgreed)?.Local.ToString(), $"seed {seed}, mutation {i}: {text}");
        }
    }

    [Fact]
    public void Mutated_streams_are_framed_or_broken_but_never_overrun()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var i = 0; i < Mutations; i++)
        {
            var bytes = Mutate(random, TwoStations.Request("INVITE", body: Phone.Sdp, contentType: "application/sdp"));
            for (var used = 0; used < bytes.Length;)
            {
                var kind = StreamFramer.Next(bytes.AsSpan(used), out var size);
                (size >= 0 && used + size <= bytes.Length || kind == FrameKind.Incomplete).ShouldBeTrue($"seed {seed}, mutation {i}");
                if (kind is FrameKind.Broken or FrameKind.Incomplete)
                {
                    break;
                }

                size.ShouldBePositive();
                used += size;
            }
        }
    }

    private static void ReadAll(byte[] bytes)
    {
        if (SipParser.Parse([.. bytes], out _) is not { } message)
        {
            return;
        }

        foreach (var id in Enum.GetValues<HeaderId>())
        {
            message.Address(id);
            message.GetAll(id);
        }

        _ = message.AllHeaders().Count();
        _ = SipUri.TryParse(message.RequestUri, out var uri) ? uri.ToString() + uri.Transport : "";
        _ = SipReplaces.TryParse(message.Get(HeaderId.Replaces) ?? message.RequestUri, out _);
        _ = DtmfInfo.TryParse(DtmfInfo.Relay, message.Body.Span, out _, out _);
    }

    private static byte[] Mutate(Random random, string model)
    {
        var bytes = new List<byte>(Encoding.UTF8.GetBytes(model.ReplaceLineEndings("\r\n")));
        for (var n = random.Next(1, 6); n > 0 && bytes.Count > 0; n--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, random.Next(Math.Min(40, bytes.Count - at)));
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, random.Next(Math.Min(80, bytes.Count - at))));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }
}
