using CallCenter.Sip.Transactions;

namespace CallCenter.Sip.Tests;

public sealed class TimerWheelTests
{
    [Fact]
    public void Nodes_fire_once_in_time_however_far_they_are()
    {
        var wheel = new TimerWheel(0);
        var fired = new List<(int Due, long At)>();
        int[] dues = [1, 21, 500, 32_000, 40_960, 40_961, 100_000, 3_600_000];
        foreach (var due in dues)
        {
            wheel.Schedule(new Node(now => fired.Add((due, now))), due);
        }

        for (var now = 0; now <= 3_600_020; now += 20)
        {
            wheel.Advance(now);
        }

        fired.Select(f => f.Due).ShouldBe(dues);
        fired.ShouldAllBe(f => f.At >= f.Due && f.At < f.Due + 20);
        wheel.Count.ShouldBe(0);
    }

    [Fact]
    public void A_cancelled_node_does_not_fire_and_a_moved_one_fires_at_its_new_time()
    {
        var wheel = new TimerWheel(0);
        var fired = new List<string>();
        var a = new Node(_ => fired.Add("a"));
        var b = new Node(_ => fired.Add("b"));
        var c = new Node(_ => fired.Add("c"));
        wheel.Schedule(a, 100);
        wheel.Schedule(b, 100);
        wheel.Schedule(c, 100);
        wheel.Cancel(b);
        wheel.Schedule(a, 300);
        wheel.Advance(200);
        fired.ShouldBe(["c"]);
        wheel.Advance(300);
        fired.ShouldBe(["c", "a"]);
    }

    [Fact]
    public void A_node_that_fires_may_cancel_and_schedule_others()
    {
        var wheel = new TimerWheel(0);
        var fired = new List<string>();
        var victim = new Node(_ => fired.Add("victim"));
        var late = new Node(_ => fired.Add("late"));
        wheel.Schedule(victim, 40);
        wheel.Schedule(new Node(_ =>
        {
            wheel.Cancel(victim);
            wheel.Schedule(late, 60);
        }), 40);
        wheel.Advance(1000);
        fired.ShouldBe(["late"]);
    }

    [Fact]
    public void A_node_that_throws_does_not_hold_its_neighbours_back()
    {
        var wheel = new TimerWheel(0);
        var fired = 0;
        wheel.Schedule(new Node(_ => fired++), 40);
        wheel.Schedule(new Node(_ => throw new InvalidOperationException("boom")), 40);
        wheel.Schedule(new Node(_ => fired++), 40);
        Should.Throw<InvalidOperationException>(() => wheel.Advance(40));
        wheel.Advance(60);
        fired.ShouldBe(2);
    }

    private sealed class Node(Action<long> onFire) : WheelNode
    {
        internal override void Fire(long now) => onFire(now);
    }
}
