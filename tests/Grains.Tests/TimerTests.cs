namespace CallCenter.Grains.Tests;

public class TimerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_timer_ticks_after_its_due_time_then_each_period_and_survives_a_failing_tick()
    {
        await using var host = await GrainHost.Start();
        var grain = host.Grains.GetGrain<IClockworkGrain>("t");
        await grain.StartTimer(2, 3, interleave: false, keepAlive: false);
        host.Clock.Advance(Second);
        await grain.Serve();
        Ticks(host).ShouldBe(0);
        host.Clock.Advance(Second);
        await host.Journal.Seen("tick 1");
        await grain.Serve();
        host.Clock.Advance(3 * Second);
        await host.Journal.Seen("tick 2");
        await grain.Serve();
        host.Clock.Advance(3 * Second);
        await host.Journal.Seen("tick 3");
    }

    [Fact]
    public async Task A_timer_without_period_ticks_once()
    {
        await using var host = await GrainHost.Start();
        var grain = host.Grains.GetGrain<IClockworkGrain>("t");
        await grain.StartTimer(1, -1, interleave: false, keepAlive: false);
        host.Clock.Advance(Second);
        await host.Journal.Seen("tick 1");
        await grain.Serve();
        host.Clock.Advance(60 * Second);
        await grain.Serve();
        Ticks(host).ShouldBe(1);
    }

    [Fact]
    public async Task A_tick_waits_for_the_running_call()
    {
        await using var host = await GrainHost.Start();
        var grain = host.Grains.GetGrain<IClockworkGrain>("t");
        await grain.StartTimer(1, -1, interleave: false, keepAlive: false);
        var holding = grain.Hold("door");
        await host.Journal.Seen("holding");
        host.Clock.Advance(Second);
        host.Journal.Open("door");
        await holding.Soon();
        await host.Journal.Seen("tick 1");
        host.Journal.Lines.ShouldBe(["holding", "held", "tick 1"]);
    }

    [Fact]
    public async Task An_interleaving_tick_does_not_wait()
    {
        await using var host = await GrainHost.Start();
        var grain = host.Grains.GetGrain<IClockworkGrain>("t");
        await grain.StartTimer(1, -1, interleave: true, keepAlive: false);
        var holding = grain.Hold("door");
        await host.Journal.Seen("holding");
        host.Clock.Advance(Second);
        await host.Journal.Seen("tick 1");
        host.Journal.Open("door");
        await holding.Soon();
        host.Journal.Lines.ShouldBe(["holding", "tick 1", "held"]);
    }

    [Fact]
    public async Task Changing_a_timer_moves_its_tick_even_one_that_waits()
    {
        await using var host = await GrainHost.Start();
        var grain = host.Grains.GetGrain<IClockworkGrain>("t");
        await grain.StartTimer(2, -1, interleave: false, keepAlive: false);
        var holding = grain.Hold("door");
        var changing = grain.ChangeTimer(10, -1);
        await host.Journal.Seen("holding");
        host.Journal.Open("door");
        await Task.WhenAll(holding, changing).Soon();
        host.Clock.Advance(9 * Second);
        await grain.Serve();
        Ticks(host).ShouldBe(0);
        host.Clock.Advance(Second);
        await host.Journal.Seen("tick 1");
    }

    [Fact]
    public async Task A_disposed_timer_ticks_no_more()
    {
        await using var host = await GrainHost.Start();
        var grain = host.Grains.GetGrain<IClockworkGrain>("t");
        await grain.StartTimer(1, 1, interleave: false, keepAlive: false);
        await grain.StopTimer();
        host.Clock.Advance(10 * Second);
        await grain.Serve();
        Ticks(host).ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Only_a_timer_that_says_so_keeps_its_grain_alive(bool keepAlive)
    {
        await using var host = await GrainHost.Start(options => options.CollectionAge = TimeSpan.FromSeconds(10));
        var grain = host.Grains.GetGrain<IClockworkGrain>("t");
        await grain.StartTimer(6, -1, interleave: false, keepAlive);

        // The caller has its answer a moment before the grain's use is over.
        var activation = host.Runtime.Find(new GrainId(host.Runtime.Catalog.FindByName("clockwork")!, "t"));
        SpinWait.SpinUntil(() => activation.IsQuiet, GrainHost.Patience).ShouldBeTrue();
        host.Clock.Advance(6 * Second);
        await host.Journal.Seen("tick 1");
        SpinWait.SpinUntil(() => activation.IsQuiet, GrainHost.Patience).ShouldBeTrue();
        host.Clock.Advance(7 * Second);
        await host.Stop();
        host.Journal.Lines[^1].ShouldBe(keepAlive ? "deactivated ShuttingDown" : "deactivated ActivationIdle");
    }

    private static int Ticks(GrainHost host) => host.Journal.Lines.Count(line => line.StartsWith("tick", StringComparison.Ordinal));
}
