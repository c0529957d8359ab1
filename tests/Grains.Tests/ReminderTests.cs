using CallCenter.TestKit;

namespace CallCenter.Grains.Tests;

public class ReminderTests
{
    [Fact]
    public async Task A_reminder_wakes_its_grain_after_a_restart_and_missed_ticks_are_not_made_up_for()
    {
        var store = new MemoryReminderStore();
        var clock = new FakeClock(new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero));
        await using (var before = await GrainHost.Start(reminders: store, clock: clock))
        {
            await before.Grains.GetGrain<IClockworkGrain>("r").Remind("wake", 1, 2);
            before.Clock.Advance(TimeSpan.FromMinutes(1));
            await before.Journal.Seen("wake 08:01");
        }

        clock.Advance(TimeSpan.FromMinutes(5)); // 08:06; the ticks of 08:03 and 08:05 are gone
        await using var after = await GrainHost.Start(reminders: store, clock: clock);
        clock.Advance(TimeSpan.FromSeconds(59));
        clock.Advance(TimeSpan.FromSeconds(2));
        await after.Journal.Seen("wake 08:07");
        after.Journal.Lines.ShouldBe(["wake 08:07"]);
    }

    [Fact]
    public async Task A_reminder_of_the_same_name_replaces_the_old_one()
    {
        var store = new MemoryReminderStore();
        await using var host = await GrainHost.Start(reminders: store);
        var grain = host.Grains.GetGrain<IClockworkGrain>("r");
        await grain.Remind("wake", 1, 60);
        await grain.Remind("wake", 3, 60);
        (await store.Load(CancellationToken.None)).Count.ShouldBe(1);
        host.Clock.Advance(TimeSpan.FromMinutes(3));
        await host.Journal.Seen("wake 00:03");
        host.Journal.Lines.ShouldBe(["wake 00:03"]);
    }

    [Fact]
    public async Task A_period_below_a_minute_and_a_missing_store_are_refused()
    {
        await using var host = await GrainHost.Start(reminders: new MemoryReminderStore());
        await Should.ThrowAsync<ArgumentOutOfRangeException>(host.Grains.GetGrain<IClockworkGrain>("r").Remind("wake", 0, 0.5));
        await using var bare = await GrainHost.Start();
        (await Should.ThrowAsync<InvalidOperationException>(bare.Grains.GetGrain<IClockworkGrain>("r").Remind("wake", 0, 1))).Message.ShouldContain("IReminderStore");
    }
}
