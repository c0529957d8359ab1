namespace CallCenter.Simulator;

/// <summary>The simulation cannot go on; the message says what to do.</summary>
internal sealed class SimulationException(string message) : Exception(message);
