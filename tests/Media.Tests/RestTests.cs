using CallCenter.Media.Net;

namespace CallCenter.Media.Tests;

/// <summary>Legs that only hear music are read each 200 ms: nothing that counts is different.</summary>
public class RestTests
{
    private static async Task<MediaLeg> Resting(Loopback net, RawPeer peer, Action<MediaEvent>? onEvent = null)
    {
        var leg = net.OpenLeg("waiting", onEvent);
        await leg.SetRemote(Loopback.Remote(peer.Port, PayloadFormat.Pcma));
        leg.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        peer.SendRtp(leg.LocalRtp, 1, 160);
        await Wait.Until(() => Task.FromResult(leg.Core.IsResting));
        return leg;
    }

    [Fact]
    public async Task Packets_strangers_and_digits_are_counted_and_told_as_ever()
    {
        await using var net = new Loopback();
        using var peer = new RawPeer();
        using var stranger = new RawPeer();
        var digit = new TaskCompletionSource<char>(TaskCreationOptions.RunContinuationsAsynchronously);
        var leg = await Resting(net, peer, raised => _ = raised is DigitReceived key && digit.TrySetResult(key.Digit));

        for (ushort sequence = 2; sequence <= 60; sequence++)
        {
            peer.SendRtp(leg.LocalRtp, sequence, sequence * 160u);
            stranger.SendRtp(leg.LocalRtp, sequence, sequence * 160u);
        }
        peer.SendRtp(leg.LocalRtp, 62, 62 * 160, ssrc: 1, payloadType: 101, RawPeer.Event(5, end: true, duration: 800));
        (await digit.Task.WaitAsync(Loopback.Deadline, TestContext.Current.CancellationToken)).ShouldBe('5');

        var statistics = await leg.GetStatistics();
        statistics.PacketsReceived.ShouldBe(61);
        statistics.PacketsLost.ShouldBe(1);
        statistics.Latched.ShouldBe(peer.Address);
        leg.Core.IsResting.ShouldBeTrue();
        await Wait.Until(async () => (await leg.GetStatistics()).Dropped[DropReason.ForeignAddress] == 59);
    }

    [Fact]
    public async Task What_came_while_it_rested_is_not_said_to_who_is_bridged_then()
    {
        await using var net = new Loopback();
        using var peer = new RawPeer();
        using var agentPeer = new RawPeer();
        var leg = await Resting(net, peer);
        var agent = net.OpenLeg("agent");
        await agent.SetRemote(Loopback.Remote(agentPeer.Port, PayloadFormat.Pcma));
        for (ushort sequence = 2; sequence <= 4; sequence++)
        {
            peer.SendRtp(leg.LocalRtp, sequence, sequence * 160u, fill: 1);
        }
        _ = leg.StopPlaying();
        await leg.Bridge(agent);
        peer.SendRtp(leg.LocalRtp, 5, 800, fill: 2);

        (await agentPeer.Receive()).Payload[0].ShouldBe((byte)2);
        leg.Core.IsResting.ShouldBeFalse();
        (await leg.GetStatistics()).PacketsReceived.ShouldBe(5);
    }

    [Fact]
    public async Task A_recording_and_a_prompt_end_the_rest()
    {
        await using var net = new Loopback();
        using var peer = new RawPeer();
        var leg = await Resting(net, peer);
        var tap = net.Engine.StartRecording(new RecordingOptions { Caller = leg, Sink = new MemoryRecorder() });
        await Wait.Until(() => Task.FromResult(!leg.Core.IsResting));
        await tap.Stop();
        await Wait.Until(() => Task.FromResult(leg.Core.IsResting));
        leg.Play(Tones.Sine(440, TimeSpan.FromMinutes(1)));
        await Wait.Until(() => Task.FromResult(!leg.Core.IsResting));
        await Wait.Until(async () =>
        {
            peer.SendRtp(leg.LocalRtp, 2, 320);
            return (await leg.GetStatistics()).PacketsReceived > 1;
        });
    }

    [Fact]
    public async Task A_datagram_of_a_batch_knows_when_it_came()
    {
        using var peer = new RawPeer();
        using var batch = new DatagramBatch(64);
        var socket = UdpSocket.TryBind(NativeEndpoint.From(Loopback.Local(0)), dscp: 0, out _)!;
        socket.StampArrivals();
        batch.Receive(socket).ShouldBe(0);
        // The kernel begins to note times a moment after it was asked.
        await Wait.Until(() =>
        {
            var before = DatagramBatch.ReadClock();
            peer.Send(socket.Local.ToEndPoint(), [1, 2, 3]);
            var sent = DatagramBatch.ReadClock();
            batch.Receive(socket).ShouldBe(1);
            var now = DatagramBatch.ReadClock();
            return Task.FromResult(batch.Age(0, now) is var age && age >= now - sent && age <= now - before);
        });
        socket.Close();
    }

    [Fact]
    public void A_batch_holds_what_waits_in_order_with_source_and_length()
    {
        using var peer = new RawPeer();
        using var batch = new DatagramBatch(64);
        var socket = UdpSocket.TryBind(NativeEndpoint.From(Loopback.Local(0)), dscp: 0, out _)!;
        for (byte i = 1; i <= DatagramBatch.Size + 2; i++)
        {
            peer.Send(socket.Local.ToEndPoint(), Enumerable.Repeat(i, i == 2 ? 100 : i).ToArray());
        }
        batch.Receive(socket).ShouldBe(DatagramBatch.Size);
        for (var i = 0; i < DatagramBatch.Size; i++)
        {
            batch.From(i).ShouldBe(NativeEndpoint.From(peer.Address));
            batch.Length(i).ShouldBe(i == 1 ? 100 : i + 1); // 100: more than there is room for
            Byte(batch, i).ShouldBe((byte)(i + 1));
        }
        batch.Receive(socket).ShouldBe(2);
        Byte(batch, 0).ShouldBe((byte)(DatagramBatch.Size + 1));
        socket.Close();
    }

    private static unsafe byte Byte(DatagramBatch batch, int index) => *batch.Data(index);
}
