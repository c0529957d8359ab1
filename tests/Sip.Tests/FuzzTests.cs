using System.Text;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Digest;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Registration;
using CallCenter.Sip.Sdp;

namespace CallCenter.Sip.Tests;

/// <summary>Whatever the network sends, nothing is thrown: seeded mutations of good messages through parser, agent and negotiator.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Mutations = 2_000;
    private static readonly string[] Pieces = ["\r\n", "\"", "<", ">", ";", ",", ":", "=", "\0", "%", "\\", " ", "\t", "@", "999999999999", "-1", "[", "]", "SIP/2.0", "tag=", "Via: ", "\r\n ", "é", "*", "/"];

    [Fact]
    public void Mutated_messages_never_throw()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var registrar = new Registrar(new RegistrarOptions { Realm = "r", Credentials = _ => Ha1.From("1", "r", "p") }, new FakeClock());
        string[] models =
        [
            TwoStations.Request("INVITE", contact: "\"A, B\" <sip:x@192.0.2.99;transport=udp>", body: Phone.Sdp, contentType: "application/sdp", extra: "Record-Route: <sip:192.0.2.1;lr>, <sip:192.0.2.2;lr>\n"),
            TwoStations.Request("REGISTER", contact: "<sip:x@192.0.2.99>;expires=60", extra: "Authorization: Digest username=\"1\", realm=\"r\", nonce=\"n\", uri=\"sip:r\", response=\"0\", qop=auth, nc=00000001, cnonce=\"c\"\n"),
            TwoStations.Request("BYE", toTag: "t"),
        ];
        for (var i = 0; i < Mutations; i++)
        {
            var wire = new Wire();
            var agent = wire.Add("198.51.100.2:5060", registrar);
            agent.OnCall = call =>
            {
                SdpNegotiator.Answer(call.Offer ?? "", new SdpCapabilities { Address = agent.EndPoint.Address, Port = 4000 });
                call.Answer(Phone.Sdp);
                call.Bye();
            };
            var bytes = Mutate(random, models[i % models.Length]);
            var text = Encoding.UTF8.GetString(bytes);
            Should.NotThrow(() => agent.Inject([.. bytes]), $"seed {seed}, mutation {i}: {text}");
            agent.Errors.ShouldBeEmpty($"seed {seed}, mutation {i}: {text}");
            Should.NotThrow(() => ReadAll(bytes), $"seed {seed}, mutation {i}: {text}");
        }
    }

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
