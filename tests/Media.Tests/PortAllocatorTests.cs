using System.Net;
using System.Net.Sockets;
using CallCenter.Media.Net;

namespace CallCenter.Media.Tests;

public class PortAllocatorTests
{
    private sealed class ManualClock : TimeProvider
    {
        public long Milliseconds { get; set; }
        public override long TimestampFrequency => 1000;
        public override long GetTimestamp() => Milliseconds;
    }

    [Fact]
    public void Pairs_are_even_and_distinct_and_inside_the_range()
    {
        var ports = new PortAllocator(20001, 20100, TimeSpan.FromSeconds(5), TimeProvider.System);
        ports.Pairs.ShouldBe(49);
        var rented = RentAll(ports);
        rented.Count.ShouldBe(49);
        rented.Distinct().Count().ShouldBe(49);
        rented.ShouldAllBe(port => port % 2 == 0 && port >= 20002 && port + 1 <= 20100);
    }

    [Fact]
    public void A_returned_port_rests_for_the_cool_down()
    {
        var clock = new ManualClock();
        var ports = new PortAllocator(20000, 20003, TimeSpan.FromSeconds(5), clock);
        var rented = RentAll(ports);
        ports.Return(rented[0]);
        ports.TryRent(out _).ShouldBeFalse();
        clock.Milliseconds = 4999;
        ports.TryRent(out _).ShouldBeFalse();
        clock.Milliseconds = 5000;
        ports.TryRent(out var again).ShouldBeTrue();
        again.ShouldBe(rented[0]);
    }

    [Fact]
    public void The_longest_unused_port_comes_first()
    {
        var clock = new ManualClock();
        var ports = new PortAllocator(20000, 20199, TimeSpan.Zero, clock);
        ports.TryRent(out var first).ShouldBeTrue();
        ports.Return(first);
        for (var i = 1; i < ports.Pairs; i++)
        {
            ports.TryRent(out var other).ShouldBeTrue();
            other.ShouldNotBe(first);
        }
        ports.TryRent(out var last).ShouldBeTrue();
        last.ShouldBe(first);
    }

    [Fact]
    public async Task An_exhausted_range_is_a_result_and_closed_legs_cool_down()
    {
        var from = FreeRange(4);
        await using var net = new Loopback(options => options with { PortFrom = from, PortTo = from + 3, PortCoolDown = TimeSpan.FromMinutes(1) });
        var leg = net.OpenLeg();
        _ = net.OpenLeg();
        net.Engine.TryOpenLeg(new LegOptions(), out _, out var error).ShouldBeFalse();
        error.ShouldBe(OpenLegError.NoFreePorts);
        await leg.Close();
        net.Engine.TryOpenLeg(new LegOptions(), out _, out error).ShouldBeFalse();
        error.ShouldBe(OpenLegError.NoFreePorts);
        net.Engine.Legs.ShouldBe(1);
    }

    [Fact]
    public async Task A_limit_of_legs_is_a_result()
    {
        await using var net = new Loopback(options => options with { LegsMax = 1 });
        var leg = net.OpenLeg();
        net.Engine.TryOpenLeg(new LegOptions(), out _, out var error).ShouldBeFalse();
        error.ShouldBe(OpenLegError.TooManyLegs);
        await leg.Close();
        _ = net.OpenLeg();
    }

    [Fact]
    public async Task A_foreign_address_is_refused_clearly()
    {
        await using var net = new Loopback(options => options with { BindAddress = IPAddress.Parse("192.0.2.1") });
        net.Engine.TryOpenLeg(new LegOptions(), out _, out var error).ShouldBeFalse();
        error.ShouldBe(OpenLegError.SocketRefused);
    }

    private static List<int> RentAll(PortAllocator ports)
    {
        var rented = new List<int>();
        while (ports.TryRent(out var port))
        {
            rented.Add(port);
        }
        return rented;
    }

    /// <summary>An even start of ports that nobody has at this moment.</summary>
    private static int FreeRange(int count)
    {
        for (var from = 42000; from < 60000; from += 100)
        {
            var sockets = new List<Socket>();
            try
            {
                for (var i = 0; i < count; i++)
                {
                    var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                    sockets.Add(socket);
                    socket.Bind(new IPEndPoint(IPAddress.Loopback, from + i));
                }
                return from;
            }
            catch (SocketException)
            {
                continue;
            }
            finally
            {
                sockets.ForEach(socket => socket.Dispose());
            }
        }
        throw new InvalidOperationException("No free ports from 42000 to 60000.");
    }
}
