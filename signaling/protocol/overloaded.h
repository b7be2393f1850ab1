// Lambdas as the cases of a variant.
#pragma once

namespace parley::signaling {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

}  // namespace parley::signaling
