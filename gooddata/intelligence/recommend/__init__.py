"""Sessions of items go in; what is likely to come next comes out, within milliseconds.

Candidates come from the sessions most like the running one (VS-kNN: Ludewig and Jannach 2018; VMIS-kNN: Kersbergen,
Sprangers and Schelter 2022) and from what followed its newest items elsewhere. A small ranking model, learnt from the
newest of the sessions themselves, orders them.
"""
