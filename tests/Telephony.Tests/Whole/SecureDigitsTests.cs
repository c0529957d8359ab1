using System.Text;
using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Contracts.Telephony;
using CallCenter.Media;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Phones;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>A card that the caller types, by each way that keys come: who hears it, and where its digits are afterwards.</summary>
[Trait("needs", "server")]
public sealed class SecureDigitsTests : IAsyncLifetime
{
    private const double Caller = 500, Agent = 1000;
    private const string Number = "4000056655665556", Expiry = "1229", Code = "987";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private static readonly double[] Rows = [697, 770, 852, 941], Columns = [1209, 1336, 1477];
    private readonly TemporaryFolder folder = new();
    private RunningGateway gateway = null!;
    private TestCaller caller = null!;
    private TestPhone phone = null!;

    public async ValueTask InitializeAsync()
    {
        gateway = await RunningGateway.Start(folder.Path);
        gateway.Setup.PaymentUrl = new Uri(gateway.Http, "/pay").ToString();
        await gateway.Reconfigure();
        caller = new TestCaller(gateway.Sip);
        phone = await TestPhone.Register(gateway.Sip, "1001", "secret", Agent);
        await gateway.Events.Next<DeviceReachable>(gateway.Setup.Phones[0].Agent, within: Soon);
    }

    public async ValueTask DisposeAsync()
    {
        await caller.DisposeAsync();
        await phone.DisposeAsync();
        await gateway.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData("telephone-events")]
    [InlineData("INFO")]
    [InlineData("tones")]
    public async Task A_card_goes_to_the_payment_service_and_to_nobody_else(string way)
    {
        var recording = Guid.CreateVersion7();
        var (outer, inner, call, leg) = await Talking(recording, withoutEvents: way != "telephone-events");
        inner.Audio.Kept = TimeSpan.FromSeconds(60);
        var collection = Guid.CreateVersion7();
        await gateway.Done(call, 0, new CollectCard(leg, collection, [CardField.Number, CardField.Expiry, CardField.SecurityCode], "Order 17"));
        await gateway.Events.Next<CardCollectionStarted>(call.Contact, within: Soon);
        await Type(outer, call, way, CardField.Number, Number, 0);
        await Type(outer, call, way, CardField.Expiry, Expiry, 1);
        await Type(outer, call, way, CardField.SecurityCode, Code + "#", 2);

        var ended = await gateway.Events.Next<CardCollectionEnded>(call.Contact, within: Soon);
        (ended.Outcome, ended.Reference, ended.Collection).ShouldBe((CardOutcome.Accepted, "R-17", collection));
        var (authorization, body) = gateway.Payments.ShouldHaveSingleItem();
        authorization.ShouldBe("Bearer " + Setup.PaymentSecret);
        var paid = JsonSerializer.Deserialize<JsonElement>(body);
        string Paid(string name) => paid.GetProperty(name).GetString()!;
        (Paid("number"), Paid("expiry"), Paid("securityCode"), Paid("reference"), Paid("collection")).ShouldBe((Number, Expiry, Code, "Order 17", collection.ToString()));

        // Both went on talking, and no key was heard.
        await inner.Audio.Hears(Caller, Soon);
        KeysIn(inner.Audio.LastHeard(TimeSpan.FromSeconds(60))).ShouldBe(0);
        outer.HangUp();
        await gateway.Events.Whole(call.Contact, Soon);
        await CheckRecording(call, recording);
        await NothingIsKept(call);
    }

    [Fact]
    public async Task Without_a_payment_service_it_is_refused_with_what_to_do()
    {
        gateway.Setup.PaymentUrl = null;
        await gateway.Reconfigure();
        var (_, _, call, leg) = await Talking(null);
        var result = await gateway.Order(call, 0, new CollectCard(leg, Guid.CreateVersion7(), [CardField.Number], null));
        (result.Outcome, result.Detail!.Contains("payment service", StringComparison.Ordinal)).ShouldBe((CommandOutcome.Refused, true));
    }

    [Theory]
    [InlineData("4000056655665557", """{"accepted":true}""", CardOutcome.Mistyped)]
    [InlineData(Number, """{"accepted":false}""", CardOutcome.Declined)]
    [InlineData(Number, "no json", CardOutcome.Failed)]
    [InlineData(Number, """{"accepted":true,"reference":"4000 0566 5566 5556"}""", CardOutcome.Accepted)]
    public async Task What_the_service_says_is_told(string number, string answer, CardOutcome outcome)
    {
        gateway.PaymentAnswer = answer;
        var (outer, _, call, leg) = await Talking(null);
        await gateway.Done(call, 0, new CollectCard(leg, Guid.CreateVersion7(), [CardField.Number], null));
        foreach (var key in number + "#")
        {
            outer.Audio.Press(key);
        }
        var ended = await gateway.Events.Next<CardCollectionEnded>(call.Contact, within: Soon);
        (ended.Outcome, ended.Reference).ShouldBe((outcome, null));
        gateway.Payments.Count.ShouldBe(outcome == CardOutcome.Mistyped ? 0 : 1);
    }

    /// <summary>Types one field and waits until the next one, or the end, begins.</summary>
    private async Task Type(PhoneCall outer, CallArrived call, string way, CardField field, string keys, int place)
    {
        if (field == CardField.Number)
        {
            keys += '#';
        }
        foreach (var key in keys)
        {
            switch (way)
            {
                case "telephone-events":
                    outer.Audio.Press(key);
                    break;
                case "INFO":
                    outer.PressByInfo(key);
                    break;
                default:
                    outer.Audio.Say([.. Tone(key), .. new short[640]]);
                    break;
            }
        }
        var digits = keys.TrimEnd('#').Length;
        await gateway.Events.Next<CardDigitsEntered>(call.Contact, e => e.Field == field && e.Count == digits, Soon);
        var next = place + 1;
        await gateway.Events.Next<CardDigitsEntered>(call.Contact, e => e.Sent || (int)e.Field >= next, Soon);
    }

    /// <summary>Silent on both channels from the start of the collection to its end, and no key anywhere.</summary>
    private async Task CheckRecording(CallArrived call, Guid recording)
    {
        var told = gateway.Events.Of(call.Contact);
        var end = told.OfType<RecordingEnded>().Single();
        await TestKit.Eventually.Be(() => gateway.Blocks.Count(b => b.Recording == recording) == end.Blocks);
        var (callerSide, agentSide) = Recorded.Open(gateway, call, recording, gateway.Setup.Phones[0].Agent);
        var typed = told.OfType<CardCollectionEnded>().Single().OccurredAt - told.OfType<CardCollectionStarted>().Single().OccurredAt;
        foreach (var side in (short[][])[callerSide, agentSide])
        {
            KeysIn(side).ShouldBe(0);
            LongestSilence(side).TotalSeconds.ShouldBeGreaterThan(typed.TotalSeconds - 1);
        }
    }

    /// <summary>The digits are in no event, no message of the ladder and no file of the gateway.</summary>
    private async Task NothingIsKept(CallArrived call)
    {
        await gateway.Events.Next<SipMessagesSeen>(where: e => e.Contact == call.Contact && e.Final, within: Soon);
        var events = string.Join('\n', gateway.Events.All.Select(EventCatalog.Write));
        await gateway.Stop();
        var files = Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories).Select(path => Encoding.Latin1.GetString(File.ReadAllBytes(path)));
        foreach (var text in files.Prepend(events))
        {
            text.ShouldNotContain(Number);
            text.ShouldNotContain(Number[..8]);
            text.ShouldNotContain($"\"{Expiry}\"");
            text.ShouldNotContain($"\"{Code}\"");
        }
        // INFO shows that a key was pressed, never which.
        var signals = gateway.Events.All.OfType<SipMessagesSeen>().SelectMany(e => e.Messages).Where(m => m.Text.Contains("Signal=", StringComparison.OrdinalIgnoreCase)).ToList();
        signals.ShouldAllBe(m => m.Text.Contains("Signal=*", StringComparison.OrdinalIgnoreCase) || m.Text.Contains("Signal= *", StringComparison.OrdinalIgnoreCase));
    }

    private async Task<(PhoneCall Caller, PhoneCall Agent, CallArrived Call, Guid Leg)> Talking(Guid? recording, bool withoutEvents = false)
    {
        var outer = caller.Call(RunningGateway.Number, hertz: Caller, withoutEvents: withoutEvents);
        var call = await gateway.Events.Next<CallArrived>(within: Soon);
        await gateway.Done(call, 0, new TakeControl(ControlHolder.Ivr));
        await gateway.Done(call, 1, new AnswerCall());
        var leg = Guid.CreateVersion7();
        await gateway.Done(call, 0, new OfferLeg(leg, gateway.Setup.Phones[0].Agent, 20_000));
        var inner = await phone.NextCall(Soon);
        await gateway.Events.Next<LegAccepted>(call.Contact, within: Soon);
        await gateway.Done(call, 1, new TakeControl(ControlHolder.Routing));
        await gateway.Done(call, 2, new ConnectAgent(leg, recording));
        await Task.WhenAll(outer.Audio.Hears(Agent, Soon), inner.Audio.Hears(Caller, Soon));
        return (outer, inner, call, leg);
    }

    private static short[] Tone(char key)
    {
        var place = "123456789*0#".IndexOf(key, StringComparison.Ordinal);
        return [.. Tones.Dual(Rows[place / 3], Columns[place % 3], TimeSpan.FromMilliseconds(100)).Samples];
    }

    /// <summary>Pieces of 40 ms in which both a row's and a column's tone stand out: a key that could be read.</summary>
    private static int KeysIn(short[] samples)
    {
        const int window = 320;
        var keys = 0;
        for (var at = 0; at + window <= samples.Length; at += window / 2)
        {
            var piece = samples.AsSpan(at, window).ToArray();
            double Most(double[] tones) => tones.Max(hertz => ToneProbe.Share(piece, 8000, hertz));
            keys += ToneProbe.LevelDb(piece) > -60 && Math.Min(Most(Rows), Most(Columns)) > 0.15 ? 1 : 0;
        }
        return keys;
    }

    private static TimeSpan LongestSilence(short[] samples)
    {
        var (now, longest) = (0, 0);
        foreach (var sample in samples)
        {
            now = Math.Abs((int)sample) <= 8 ? now + 1 : 0;
            longest = Math.Max(longest, now);
        }
        return TimeSpan.FromSeconds(longest / 8000.0);
    }
}
