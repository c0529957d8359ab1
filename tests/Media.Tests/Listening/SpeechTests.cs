using CallCenter.Media.Listening;

namespace CallCenter.Media.Tests.Listening;

public class SpeechTests
{
    [Fact]
    public void Speech_is_what_is_louder_than_the_line_and_200_ms_more()
    {
        var random = new Random(1);
        var meter = new SpeechMeter();
        var line = Sounds.OverLine(Sounds.Join(Sounds.Quiet(1), Sounds.Tone(1, 0.1, 500), Sounds.Quiet(1)), 20, random);
        var talked = new List<int>();
        for (var at = 0; at + 160 <= line.Length; at += 160)
        {
            meter.Add(AudioCodec.Pcma, Sounds.Coded(line.AsSpan(at, 160)), at);
            if (meter.IsSpeaking(at + 160))
            {
                talked.Add(at / 160);
            }
        }
        // Packets of 20 ms: the tone is 50 to 99, known from its second on; the hang-over ends with the tenth after it.
        talked.ShouldBe(Enumerable.Range(51, 58));
    }

    [Fact]
    public async Task Who_speaks_with_whom_is_measured_and_a_hold_is_no_conversation()
    {
        await using var net = new Loopback();
        var (caller, callerPhone) = await net.Party("caller", PayloadFormat.Pcma);
        var (agent, agentPhone) = await net.Party("agent", PayloadFormat.Pcmu);
        await caller.Bridge(agent);
        var watch = net.Engine.WatchSpeech(caller);
        var since = System.Diagnostics.Stopwatch.StartNew();
        await watch.SetOthers(agent);
        var voice = Tones.Sine(500, TimeSpan.FromSeconds(1.5));
        // The caller speaks, then the agent; 0.5 s of them together.
        await Task.WhenAll(
            callerPhone.Leg.Play([voice, Clip.Silence(TimeSpan.FromSeconds(2))]).Completion,
            agentPhone.Leg.Play([Clip.Silence(TimeSpan.FromSeconds(1)), voice, Clip.Silence(TimeSpan.FromSeconds(1))]).Completion);
        await watch.SetOthers();
        var longest = since.Elapsed;
        await callerPhone.Leg.Play(voice).Completion;
        var figures = await watch.Stop();

        // A busy machine is late with packets: at least half of what was said was heard, and nothing of the hold.
        figures.Conversation.ShouldBeLessThanOrEqualTo(longest + TimeSpan.FromMilliseconds(20));
        figures.Caller.TotalSeconds.ShouldBeGreaterThan(0.7);
        figures.Others.TotalSeconds.ShouldBeGreaterThan(0.7);
        figures.TalkOver.ShouldBeGreaterThan(TimeSpan.Zero);
        figures.Silence.ShouldBeGreaterThan(TimeSpan.Zero);
        (figures.Caller + figures.Others - figures.TalkOver + figures.Silence).TotalMilliseconds.ShouldBe(figures.Conversation.TotalMilliseconds, 3);
        figures.LongestSilence.ShouldBeLessThanOrEqualTo(figures.Silence);
        figures.Slots[0].ShouldBeOneOf('c', 'b');
        figures.Slots.ShouldContain('o');
        figures.Slots.Length.ShouldBeLessThanOrEqualTo(SpeechCore.SlotsMax);
    }

    [Fact]
    public async Task A_metered_packet_allocates_nothing_on_the_media_thread()
    {
        await using var net = new Loopback(options => options with { RtcpInterval = TimeSpan.FromHours(1) });
        using var callerPeer = new RawPeer();
        using var agentPeer = new RawPeer();
        var (caller, agent) = (net.OpenLeg("caller"), net.OpenLeg("agent"));
        _ = caller.SetRemote(Loopback.Remote(callerPeer.Port, PayloadFormat.Pcma));
        _ = agent.SetRemote(Loopback.Remote(agentPeer.Port, PayloadFormat.Pcma));
        await caller.Bridge(agent);
        await net.Engine.WatchSpeech(caller).SetOthers(agent);
        await Relay(0, 100);
        var before = await AllocationTests.AllocatedOnMediaThread(caller);
        await Relay(100, 500);
        (await AllocationTests.AllocatedOnMediaThread(caller) - before).ShouldBe(0);

        async Task Relay(int first, int count)
        {
            for (var i = first; i < first + count; i++)
            {
                callerPeer.SendRtp(caller.LocalRtp, (ushort)i, (uint)(i * 160));
                await agentPeer.Receive();
            }
        }
    }

    [Fact]
    public async Task Keys_of_a_clamped_leg_reach_nobody_and_are_told()
    {
        await using var net = new Loopback();
        var told = new List<DigitReceived>();
        var (caller, callerPhone) = await net.Party("caller", PayloadFormat.Pcma, telephoneEvent: null, onEvent: e => Keep(e));
        var (agent, agentPhone) = await net.Party("agent", PayloadFormat.Pcma);
        await caller.Bridge(agent);
        callerPhone.Leg.Play(Tones.Sine(500, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        await agentPhone.WaitForTone(500, Loopback.Deadline);
        await caller.ClampTones(true);
        var key = Clip.FromSamples(Sounds.Key('7', 0.15));
        var heard = agentPhone.Heard(TimeSpan.FromMilliseconds(1500));
        await callerPhone.Leg.Play([Clip.Silence(TimeSpan.FromMilliseconds(300)), key, Clip.Silence(TimeSpan.FromMilliseconds(300)), key, Clip.Silence(TimeSpan.FromMilliseconds(300))]).Completion;
        var samples = await heard;
        await Wait.Until(() => Task.FromResult(Count() == 2));
        foreach (var hertz in (double[])[852, 1209])
        {
            Loopback.BestShare(samples, hertz).ShouldBeLessThan(0.05);
        }
        told.ShouldAllBe(d => d.Digit == '7' && d.IsInBand);

        await caller.ClampTones(false);
        callerPhone.Leg.Play(key, PlayMode.Loop);
        await agentPhone.WaitForTone(852, Loopback.Deadline, share: 0.3);

        void Keep(MediaEvent e)
        {
            lock (told)
            {
                told.AddRange(e is DigitReceived d ? [d] : []);
            }
        }

        int Count()
        {
            lock (told)
            {
                return told.Count;
            }
        }
    }

    [Fact]
    public async Task Telephone_events_of_a_clamped_leg_are_told_and_not_passed_on()
    {
        await using var net = new Loopback();
        var told = new TaskCompletionSource<char>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var callerPeer = new RawPeer();
        using var agentPeer = new RawPeer();
        var caller = net.OpenLeg("caller", e => _ = e is DigitReceived d && told.TrySetResult(d.Digit));
        var agent = net.OpenLeg("agent");
        _ = caller.SetRemote(Loopback.Remote(callerPeer.Port, PayloadFormat.Pcma));
        _ = agent.SetRemote(Loopback.Remote(agentPeer.Port, PayloadFormat.Pcma));
        await caller.Bridge(agent);
        await caller.ClampTones(true);
        callerPeer.SendRtp(caller.LocalRtp, 1, 160);
        callerPeer.SendRtp(caller.LocalRtp, 2, 320, 1, 101, RawPeer.Event(5, end: false, 400));
        callerPeer.SendRtp(caller.LocalRtp, 3, 320, 1, 101, RawPeer.Event(5, end: true, 800));
        callerPeer.SendRtp(caller.LocalRtp, 4, 1600);
        (await told.Task.WaitAsync(Loopback.Deadline, TestContext.Current.CancellationToken)).ShouldBe('5');
        var passed = await agentPeer.Receive(2);
        passed.ShouldAllBe(packet => packet.Header.PayloadType == 8);
        agentPeer.Waiting.ShouldBe(0);
    }
}
