namespace CallCenter.Media.Tests;

/// <summary>A leg that goes from one media thread to another in the middle of its stream.</summary>
public class MoveTests
{
    private const int Moves = 20, PacketsAMove = 5;

    private static Loopback TwoThreads() => new(options => options with { Threads = 2, LegsBeforeNextThread = 1 });

    /// <summary>Two legs, each of a media thread of its own.</summary>
    private static (MediaLeg One, MediaLeg Other) Apart(Loopback net)
    {
        var (one, other) = (net.OpenLeg("one"), net.OpenLeg("other"));
        one.Thread.ShouldNotBe(other.Thread);
        return (one, other);
    }

    [Fact]
    public async Task No_packet_is_lost_or_comes_twice()
    {
        await using var net = TwoThreads();
        var (one, other) = Apart(net);
        var moving = net.OpenLeg("moving");
        using var phone = new RawPeer();
        await moving.SetRemote(Loopback.Remote(phone.Port, PayloadFormat.Pcma));
        ushort sequence = 0;
        for (var move = 0; move < Moves; move++)
        {
            Task? moved = null;
            for (var i = 0; i < PacketsAMove; i++, sequence++)
            {
                phone.SendRtp(moving.LocalRtp, sequence, (uint)(sequence * 160));
                moved ??= moving.MoveTo(move % 2 == 0 ? one : other);
            }
            await moved!;
            moving.Thread.ShouldBe((move % 2 == 0 ? one : other).Thread);
        }
        await Wait.Until(async () => (await moving.GetStatistics()).PacketsReceived == sequence);
        var statistics = await moving.GetStatistics();
        (statistics.PacketsReceived, statistics.PacketsLost, statistics.Streams).ShouldBe((Moves * PacketsAMove, 0, 1));
        statistics.Dropped.Values.Sum().ShouldBe(0);
        net.Engine.Legs.ShouldBe(3);
    }

    [Fact]
    public async Task Keys_go_along()
    {
        await using var stage = new SecureStage(options => options with { Threads = 2, LegsBeforeNextThread = 1 });
        var (one, other) = (stage.Leg.Thread, stage.Plain.Thread);
        var here = stage.Open();
        one.ShouldNotBe(other);
        here.Thread.ShouldBe(one);
        using var peer = new SecurePeer(stage.Leg);
        await peer.Connect();
        await stage.Next<MediaSecured>();
        stage.Leg.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        for (ushort i = 0; i < Moves; i++)
        {
            peer.SendRtp(i);
            await stage.Leg.MoveTo(i % 2 == 0 ? stage.Plain : here);
            // Each one authentic: a repeated number or index would not be.
            await peer.ReceiveRtp();
        }
        await Wait.Until(async () => (await stage.Leg.GetStatistics()).PacketsReceived == Moves);
        (await stage.Leg.GetStatistics()).Dropped.Values.Sum().ShouldBe(0);
    }

    [Fact]
    public async Task It_is_bridged_and_recorded_where_it_came_to_and_left_nothing_behind()
    {
        await using var net = TwoThreads();
        var (first, firstPhone) = await net.Party("first", PayloadFormat.Pcma);
        net.OpenLeg("between");
        var (second, secondPhone) = await net.Party("second", PayloadFormat.Pcma);
        first.Thread.ShouldNotBe(second.Thread);
        var (agent, agentPhone) = await net.Party("agent", PayloadFormat.Pcma);
        await using var _1 = firstPhone;
        await using var _2 = secondPhone;
        await using var _3 = agentPhone;
        firstPhone.Leg.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        secondPhone.Leg.Play(Tones.Sine(660, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        agentPhone.Leg.Play(Tones.Sine(1000, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        foreach (var (caller, phone, hertz) in new[] { (first, firstPhone, 440.0), (second, secondPhone, 660.0), (first, firstPhone, 440.0) })
        {
            await agent.MoveTo(caller);
            var tap = net.Engine.StartRecording(new RecordingOptions { Caller = caller, Agent = agent, Sink = new MemoryRecorder() });
            await caller.Bridge(agent);
            await phone.WaitForTone(1000, Loopback.Deadline);
            await agentPhone.WaitForTone(hertz, Loopback.Deadline);
            await tap.Stop();
        }
        Should.Throw<ArgumentException>(() => { _ = second.Bridge(agent); });
    }

    [Fact]
    public async Task What_was_asked_meanwhile_is_done_after_it()
    {
        await using var net = TwoThreads();
        var (one, other) = Apart(net);
        var (moving, phone) = await net.Party("moving", PayloadFormat.Pcma);
        await using var _ = phone;
        for (var i = 0; i < Moves; i++)
        {
            var moved = moving.MoveTo(i % 2 == 0 ? one : other);
            var played = moving.Play(Tones.Sine(440, TimeSpan.FromMilliseconds(20)));
            await moved;
            (await played.Completion).Outcome.ShouldBe(PlaybackOutcome.Finished);
        }
        var last = moving.MoveTo(one);
        await moving.Close();
        await last;
        await Wait.Until(() => Task.FromResult(net.Engine.Legs == 3));
    }

    [Fact]
    public async Task It_stays_in_its_engine()
    {
        await using var net = TwoThreads();
        await using var other = new Loopback();
        Should.Throw<ArgumentException>(() => { _ = net.OpenLeg("leg").MoveTo(other.OpenLeg("stranger")); });
    }
}
